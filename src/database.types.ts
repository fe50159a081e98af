// Generated from supabase/migrations by `npm run types`. Not edited by hand.

export type Json = string | number | boolean | null | { [key: string]: Json | undefined } | Json[]

export type Database = {
  public: {
    Tables: {
      artifact_file_versions: {
        Row: {
          artifact_id: string
          artifact_revision: number
          created_at: string
          created_by: string | null
          file_id: string
          file_path: string
          file_size: number
          removed: boolean
          revision: number
          sha256: string
        }
        ComputedFields: never
        Insert: {
          artifact_id: string
          artifact_revision: number
          created_at?: string
          created_by?: string | null
          file_id: string
          file_path: string
          file_size: number
          removed?: boolean
          revision: number
          sha256: string
        }
        Update: {
          artifact_id?: string
          artifact_revision?: number
          created_at?: string
          created_by?: string | null
          file_id?: string
          file_path?: string
          file_size?: number
          removed?: boolean
          revision?: number
          sha256?: string
        }
        Relationships: [
          {
            foreignKeyName: 'artifact_file_versions_artifact_id_fkey'
            columns: ['artifact_id']
            isOneToOne: false
            referencedRelation: 'artifacts'
            referencedColumns: ['id']
          },
          {
            foreignKeyName: 'artifact_file_versions_created_by_fkey'
            columns: ['created_by']
            isOneToOne: false
            referencedRelation: 'users'
            referencedColumns: ['id']
          },
          {
            foreignKeyName: 'artifact_file_versions_file_id_fkey'
            columns: ['file_id']
            isOneToOne: false
            referencedRelation: 'artifact_files'
            referencedColumns: ['id']
          },
        ]
      }
      artifact_files: {
        Row: {
          artifact_id: string
          changed_xid: unknown
          created_at: string
          created_by: string | null
          deleted_at: string | null
          file_name: string
          file_path: string
          file_size: number
          file_type: string
          folded_path: string | null
          id: string
          is_main_file: boolean
          is_public: boolean
          metadata: NonNullable<Json>
          project_id: string
          revision: number
          sha256: string
          storage_path: string
          updated_at: string
          updated_by: string | null
        }
        ComputedFields: never
        Insert: {
          artifact_id: string
          changed_xid?: unknown
          created_at?: string
          created_by?: string | null
          deleted_at?: string | null
          file_name?: never
          file_path: string
          file_size: number
          file_type: string
          folded_path?: never
          id?: string
          is_main_file?: boolean
          is_public: boolean
          metadata?: NonNullable<Json>
          project_id: string
          revision?: number
          sha256: string
          storage_path?: never
          updated_at?: string
          updated_by?: string | null
        }
        Update: {
          artifact_id?: string
          changed_xid?: unknown
          created_at?: string
          created_by?: string | null
          deleted_at?: string | null
          file_name?: never
          file_path?: string
          file_size?: number
          file_type?: string
          folded_path?: never
          id?: string
          is_main_file?: boolean
          is_public?: boolean
          metadata?: NonNullable<Json>
          project_id?: string
          revision?: number
          sha256?: string
          storage_path?: never
          updated_at?: string
          updated_by?: string | null
        }
        Relationships: [
          {
            foreignKeyName: 'artifact_files_artifact_id_project_id_is_public_fkey'
            columns: ['artifact_id', 'project_id', 'is_public']
            isOneToOne: false
            referencedRelation: 'artifacts'
            referencedColumns: ['id', 'project_id', 'is_public']
          },
          {
            foreignKeyName: 'artifact_files_created_by_fkey'
            columns: ['created_by']
            isOneToOne: false
            referencedRelation: 'users'
            referencedColumns: ['id']
          },
          {
            foreignKeyName: 'artifact_files_updated_by_fkey'
            columns: ['updated_by']
            isOneToOne: false
            referencedRelation: 'users'
            referencedColumns: ['id']
          },
        ]
      }
      artifacts: {
        Row: {
          artifact_type: string
          changed_xid: unknown
          chat_id: string | null
          created_at: string
          created_by: string | null
          deleted_at: string | null
          description: string | null
          id: string
          is_public: boolean
          metadata: NonNullable<Json>
          progress: number
          project_id: string
          revision: number
          search: unknown
          status: Database['public']['Enums']['artifact_status']
          title: string
          updated_at: string
        }
        ComputedFields: never
        Insert: {
          artifact_type: string
          changed_xid?: unknown
          chat_id?: string | null
          created_at?: string
          created_by?: string | null
          deleted_at?: string | null
          description?: string | null
          id?: string
          is_public?: boolean
          metadata?: NonNullable<Json>
          progress?: number
          project_id: string
          revision?: number
          search?: never
          status?: Database['public']['Enums']['artifact_status']
          title: string
          updated_at?: string
        }
        Update: {
          artifact_type?: string
          changed_xid?: unknown
          chat_id?: string | null
          created_at?: string
          created_by?: string | null
          deleted_at?: string | null
          description?: string | null
          id?: string
          is_public?: boolean
          metadata?: NonNullable<Json>
          progress?: number
          project_id?: string
          revision?: number
          search?: never
          status?: Database['public']['Enums']['artifact_status']
          title?: string
          updated_at?: string
        }
        Relationships: [
          {
            foreignKeyName: 'artifacts_created_by_fkey'
            columns: ['created_by']
            isOneToOne: false
            referencedRelation: 'users'
            referencedColumns: ['id']
          },
          {
            foreignKeyName: 'artifacts_project_id_fkey'
            columns: ['project_id']
            isOneToOne: false
            referencedRelation: 'projects'
            referencedColumns: ['id']
          },
        ]
      }
      project_users: {
        Row: {
          created_at: string
          id: string
          invited_by: string | null
          project_id: string
          role: Database['public']['Enums']['project_role']
          user_id: string
        }
        ComputedFields: never
        Insert: {
          created_at?: string
          id?: string
          invited_by?: string | null
          project_id: string
          role: Database['public']['Enums']['project_role']
          user_id: string
        }
        Update: {
          created_at?: string
          id?: string
          invited_by?: string | null
          project_id?: string
          role?: Database['public']['Enums']['project_role']
          user_id?: string
        }
        Relationships: [
          {
            foreignKeyName: 'project_users_invited_by_fkey'
            columns: ['invited_by']
            isOneToOne: false
            referencedRelation: 'users'
            referencedColumns: ['id']
          },
          {
            foreignKeyName: 'project_users_project_id_fkey'
            columns: ['project_id']
            isOneToOne: false
            referencedRelation: 'projects'
            referencedColumns: ['id']
          },
          {
            foreignKeyName: 'project_users_user_id_fkey'
            columns: ['user_id']
            isOneToOne: false
            referencedRelation: 'users'
            referencedColumns: ['id']
          },
        ]
      }
      projects: {
        Row: {
          archived_reason: string | null
          color_palette: Json | null
          created_at: string
          deleted_at: string | null
          description: string | null
          id: string
          is_active: boolean
          kind: Database['public']['Enums']['project_kind']
          logo_url: string | null
          name: string
          owner_id: string | null
          settings: NonNullable<Json>
          updated_at: string
          workspace_id: string
        }
        ComputedFields: never
        Insert: {
          archived_reason?: string | null
          color_palette?: Json | null
          created_at?: string
          deleted_at?: string | null
          description?: string | null
          id?: string
          is_active?: boolean
          kind?: Database['public']['Enums']['project_kind']
          logo_url?: string | null
          name: string
          owner_id?: string | null
          settings?: NonNullable<Json>
          updated_at?: string
          workspace_id: string
        }
        Update: {
          archived_reason?: string | null
          color_palette?: Json | null
          created_at?: string
          deleted_at?: string | null
          description?: string | null
          id?: string
          is_active?: boolean
          kind?: Database['public']['Enums']['project_kind']
          logo_url?: string | null
          name?: string
          owner_id?: string | null
          settings?: NonNullable<Json>
          updated_at?: string
          workspace_id?: string
        }
        Relationships: [
          {
            foreignKeyName: 'projects_owner_id_fkey'
            columns: ['owner_id']
            isOneToOne: false
            referencedRelation: 'users'
            referencedColumns: ['id']
          },
          {
            foreignKeyName: 'projects_workspace_id_fkey'
            columns: ['workspace_id']
            isOneToOne: false
            referencedRelation: 'workspaces'
            referencedColumns: ['id']
          },
        ]
      }
      users: {
        Row: {
          avatar_url: string | null
          created_at: string
          deleted_at: string | null
          display_name: string
          id: string
          is_super_user: boolean
          profile: NonNullable<Json>
          status: Database['public']['Enums']['user_status']
          updated_at: string
        }
        ComputedFields: never
        Insert: {
          avatar_url?: string | null
          created_at?: string
          deleted_at?: string | null
          display_name: string
          id: string
          is_super_user?: boolean
          profile?: NonNullable<Json>
          status?: Database['public']['Enums']['user_status']
          updated_at?: string
        }
        Update: {
          avatar_url?: string | null
          created_at?: string
          deleted_at?: string | null
          display_name?: string
          id?: string
          is_super_user?: boolean
          profile?: NonNullable<Json>
          status?: Database['public']['Enums']['user_status']
          updated_at?: string
        }
        Relationships: []
      }
      workspace_users: {
        Row: {
          created_at: string
          id: string
          invited_by: string | null
          role: Database['public']['Enums']['workspace_role']
          user_id: string
          workspace_id: string
        }
        ComputedFields: never
        Insert: {
          created_at?: string
          id?: string
          invited_by?: string | null
          role: Database['public']['Enums']['workspace_role']
          user_id: string
          workspace_id: string
        }
        Update: {
          created_at?: string
          id?: string
          invited_by?: string | null
          role?: Database['public']['Enums']['workspace_role']
          user_id?: string
          workspace_id?: string
        }
        Relationships: [
          {
            foreignKeyName: 'workspace_users_invited_by_fkey'
            columns: ['invited_by']
            isOneToOne: false
            referencedRelation: 'users'
            referencedColumns: ['id']
          },
          {
            foreignKeyName: 'workspace_users_user_id_fkey'
            columns: ['user_id']
            isOneToOne: false
            referencedRelation: 'users'
            referencedColumns: ['id']
          },
          {
            foreignKeyName: 'workspace_users_workspace_id_fkey'
            columns: ['workspace_id']
            isOneToOne: false
            referencedRelation: 'workspaces'
            referencedColumns: ['id']
          },
        ]
      }
      workspaces: {
        Row: {
          color_palette: Json | null
          company_name: string
          created_at: string
          deleted_at: string | null
          description: string | null
          id: string
          is_active: boolean
          is_global: boolean
          logo_url: string | null
          name: string
          settings: NonNullable<Json>
          updated_at: string
        }
        ComputedFields: never
        Insert: {
          color_palette?: Json | null
          company_name: string
          created_at?: string
          deleted_at?: string | null
          description?: string | null
          id?: string
          is_active?: boolean
          is_global?: boolean
          logo_url?: string | null
          name: string
          settings?: NonNullable<Json>
          updated_at?: string
        }
        Update: {
          color_palette?: Json | null
          company_name?: string
          created_at?: string
          deleted_at?: string | null
          description?: string | null
          id?: string
          is_active?: boolean
          is_global?: boolean
          logo_url?: string | null
          name?: string
          settings?: NonNullable<Json>
          updated_at?: string
        }
        Relationships: []
      }
    }
    Views: {
      [_ in never]: never
    }
    Functions: {
      archive_project: { Args: { project: string; reason?: string }; Returns: undefined }
      commit_artifact_changes: {
        Args: { artifact_id: string; changes: Json; expected: Json }
        Returns: Json
      }
      create_project: {
        Args: { description?: string; name: string; workspace: string }
        Returns: string
      }
      create_workspace: { Args: { company_name: string; name: string }; Returns: string }
      my_account: { Args: Record<PropertyKey, never>; Returns: Json }
      pull_project: { Args: { project: string; since?: unknown }; Returns: Json }
      search_artifacts: {
        Args: { before?: string; lim?: number; q: string }
        Returns: {
          artifact_type: string
          id: string
          project_id: string
          title: string
          updated_at: string
        }[]
      }
    }
    Enums: {
      artifact_status: 'pending' | 'generating' | 'ready' | 'failed' | 'archived'
      project_kind: 'team' | 'personal'
      project_role: 'viewer' | 'contributor' | 'manager' | 'owner'
      user_status: 'invited' | 'waitlist' | 'active' | 'inactive' | 'banned' | 'archived'
      workspace_role: 'project_creator' | 'admin' | 'owner'
    }
    CompositeTypes: {
      [_ in never]: never
    }
  }
}

type DatabaseWithoutInternals = Omit<Database, '__InternalSupabase'>

type DefaultSchema = DatabaseWithoutInternals[Extract<keyof Database, 'public'>]

export type Tables<
  DefaultSchemaTableNameOrOptions extends
    | keyof (DefaultSchema['Tables'] & DefaultSchema['Views'])
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof (DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions['schema']]['Tables'] &
        DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions['schema']]['Views'])
    : never = never,
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? (DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions['schema']]['Tables'] &
      DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions['schema']]['Views'])[TableName] extends {
      Row: infer R
    }
    ? R
    : never
  : DefaultSchemaTableNameOrOptions extends keyof (DefaultSchema['Tables'] & DefaultSchema['Views'])
    ? (DefaultSchema['Tables'] & DefaultSchema['Views'])[DefaultSchemaTableNameOrOptions] extends {
        Row: infer R
      }
      ? R
      : never
    : never

export type TablesInsert<
  DefaultSchemaTableNameOrOptions extends
    | keyof DefaultSchema['Tables']
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions['schema']]['Tables']
    : never = never,
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions['schema']]['Tables'][TableName] extends {
      Insert: infer I
    }
    ? I
    : never
  : DefaultSchemaTableNameOrOptions extends keyof DefaultSchema['Tables']
    ? DefaultSchema['Tables'][DefaultSchemaTableNameOrOptions] extends {
        Insert: infer I
      }
      ? I
      : never
    : never

export type TablesUpdate<
  DefaultSchemaTableNameOrOptions extends
    | keyof DefaultSchema['Tables']
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions['schema']]['Tables']
    : never = never,
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions['schema']]['Tables'][TableName] extends {
      Update: infer U
    }
    ? U
    : never
  : DefaultSchemaTableNameOrOptions extends keyof DefaultSchema['Tables']
    ? DefaultSchema['Tables'][DefaultSchemaTableNameOrOptions] extends {
        Update: infer U
      }
      ? U
      : never
    : never

export type Enums<
  DefaultSchemaEnumNameOrOptions extends
    | keyof DefaultSchema['Enums']
    | { schema: keyof DatabaseWithoutInternals },
  EnumName extends DefaultSchemaEnumNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaEnumNameOrOptions['schema']]['Enums']
    : never = never,
> = DefaultSchemaEnumNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[DefaultSchemaEnumNameOrOptions['schema']]['Enums'][EnumName]
  : DefaultSchemaEnumNameOrOptions extends keyof DefaultSchema['Enums']
    ? DefaultSchema['Enums'][DefaultSchemaEnumNameOrOptions]
    : never

export type CompositeTypes<
  PublicCompositeTypeNameOrOptions extends
    | keyof DefaultSchema['CompositeTypes']
    | { schema: keyof DatabaseWithoutInternals },
  CompositeTypeName extends PublicCompositeTypeNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[PublicCompositeTypeNameOrOptions['schema']]['CompositeTypes']
    : never = never,
> = PublicCompositeTypeNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[PublicCompositeTypeNameOrOptions['schema']]['CompositeTypes'][CompositeTypeName]
  : PublicCompositeTypeNameOrOptions extends keyof DefaultSchema['CompositeTypes']
    ? DefaultSchema['CompositeTypes'][PublicCompositeTypeNameOrOptions]
    : never

export const Constants = {
  public: {
    Enums: {
      artifact_status: ['pending', 'generating', 'ready', 'failed', 'archived'],
      project_kind: ['team', 'personal'],
      project_role: ['viewer', 'contributor', 'manager', 'owner'],
      user_status: ['invited', 'waitlist', 'active', 'inactive', 'banned', 'archived'],
      workspace_role: ['project_creator', 'admin', 'owner'],
    },
  },
} as const
